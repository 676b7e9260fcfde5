"""Looking: one thing with what befell it, what is new and what waits, why an answer holds, what a file would bring."""
