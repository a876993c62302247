"""Programs that throw mutated input at whatever reads text and files from outside."""
