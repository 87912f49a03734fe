"""How the product is brought up: on one machine, in containers, on a cluster."""
