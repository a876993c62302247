"""The web as it is: addresses, robots.txt, sitemaps, and fetching."""
