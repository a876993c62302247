"""How well the search finds the right article, and how well it knows that there is none."""
