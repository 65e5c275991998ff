module peers

go 1.26

require (
	github.com/anthdm/hollywood v1.0.5
	github.com/asynkron/protoactor-go v0.0.0-20240822202345-3c0e61ca19c9
	github.com/tochemey/goakt/v3 v3.14.0
	github.com/tochemey/goakt/v4 v4.0.0
	go.opentelemetry.io/otel/sdk/metric v1.41.0 // protoactor-go's own requirement is older than what the others bring
	google.golang.org/protobuf v1.36.11
)
