{{- define "events-gateway.selector" -}}
app.kubernetes.io/name: events-gateway
app.kubernetes.io/instance: {{ (index .Values.services "events-gateway").name }}
{{- end -}}

{{- define "events-gateway.labels" -}}
{{ include "events-gateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}
