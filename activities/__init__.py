"""Side effects, one module per thing touched; each can run twice."""
