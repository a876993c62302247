"""How well procedures do with customers and calls whose right outcome is known."""
