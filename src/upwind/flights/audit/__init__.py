"""Where flights were: samples and ways against borders, gathered into entries, and what is written of them."""
