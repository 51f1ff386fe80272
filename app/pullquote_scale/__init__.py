"""Many machines: engines and stores that others run, counts that replicas share, building on a Ray cluster."""
