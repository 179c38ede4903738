#!/usr/bin/env bash
# Runs the loop of curl and prints its books: host.sh TOKENS NAMES ID=URL
set -uo pipefail
source "$(dirname "$0")/client.sh"
tokens=$1
client=${3%%=*}

token() {
    curl -sS "$tokens$client"
}

hear() {
    printf '%s %s %s\n' "$client" "$1" "$(printf %s "$2" | base64 -w 0)"
}

listen "${3#*=}"
