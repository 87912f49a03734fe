"""The door for cameras: who may send, how much, and that what came is durable before the answer."""
