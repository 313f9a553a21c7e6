"""What we know: documents with front matter, read (`load`) and cut into sentences and chunks (`split`)."""
