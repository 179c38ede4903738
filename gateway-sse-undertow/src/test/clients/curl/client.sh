# listen URL: prints nothing, calls hear NAME DATA for each event and token for each connection
listen() {
    local url=$1 last='' wait=3 name data id line value curl events
    while true; do
        exec {events}< <(exec curl -sSNi "$url" -H 'Accept: text/event-stream' -H "Authorization: Bearer $(token)" \
            ${last:+-H "Last-Event-ID: $last"})
        curl=$!
        name=message data='' id=$last
        # a heartbeat comes every 15 s
        while IFS= read -r -t 45 line <&"$events"; do
            case $line in
                HTTP/*' 204 '*) return ;;
                '')
                    [ -z "$data" ] || hear "$name" "${data%$'\n'}"
                    last=$id name=message data='' ;;         # not before the event is whole
                'event: '*) name=${line#*: } ;;
                data:*) value=${line#data:}; data+=${value# }$'\n' ;;
                'id: '*) id=${line#*: } ;;
                'retry: '*) wait=$(((${line#*: } + 999) / 1000)) ;;
            esac
        done
        exec {events}<&-
        kill "$curl" 2> /dev/null
        sleep "$wait"
    done
}
