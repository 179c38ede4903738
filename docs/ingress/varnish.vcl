vcl 4.1;

backend gateway {
    .host = "gateway-1";
    .port = "8080";
}

sub vcl_recv {
    if (req.url ~ "^/api/events") {
        return (pipe);
    }
}

sub vcl_pipe {
    # Else what follows on the connection would go to the gateway too.
    set bereq.http.Connection = "close";
}
