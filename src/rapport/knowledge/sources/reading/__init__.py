"""Making texts of what was fetched or sent up."""
