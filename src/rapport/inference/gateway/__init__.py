"""The way to configured language models: covered, counted, kept going, and written down."""
