# listen URL: prints nothing, calls hear NAME DATA for each event and token for each connection
listen() {
    local url=$1 last='' wait=3 name data id piece line value curl events
    while true; do
        exec {events}< <(exec curl -sSNi "$url" -H 'Accept: text/event-stream' -H "Authorization: Bearer $(token)" \
            ${last:+-H "Last-Event-ID: $last"})
        curl=$!
        name=message data='' id=$last line=''
        # a heartbeat comes every 15 s, but a long line takes its time
        while IFS= read -r -t 45 -n 65536 piece <&"$events"; do
            line+=$piece
            [ "${#piece}" -lt 65536 ] || continue
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
            line=''
        done
        exec {events}<&-
        kill "$curl" 2> /dev/null
        sleep "$wait"
    done
}
