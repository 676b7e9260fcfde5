"""The channels whose inputs are lists, posts, reports or articles: each a module, read into reports."""
