"""What is said and committed to, and who may say it."""
