"""How we find it: vectors (`embed`, `store`), words (`lexical`), texts (`records`), `build` and `retrieve`."""
