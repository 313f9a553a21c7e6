"""Other systems in the same run: same documents, same generator, same questions, judged by the same rules."""
