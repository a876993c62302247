"""Which model's vectors answer questions, and how another model takes over."""
