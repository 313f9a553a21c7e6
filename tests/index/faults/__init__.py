"""Faults: `python -m tests.index.faults` kills, damages and starves real indexes and counts what is lost."""
