"""What the screens show, computed without a terminal: data in, rows and texts out."""
