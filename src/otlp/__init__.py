"""What agents export by OpenTelemetry (OTLP), as the raw events, tokens and loaded plugins that it tells of."""
