"""The shop of the demo: a believable web site that carries the widget."""
