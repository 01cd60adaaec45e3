"""One file per way to make frames."""
