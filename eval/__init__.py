"""How we know it works: cases, scoring, and the commands that measure."""
