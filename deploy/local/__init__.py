"""The whole product on one machine, without root, a container engine or a system service."""
