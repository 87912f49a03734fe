"""What happens to real systems, done to the whole product: `make test-faults`."""
