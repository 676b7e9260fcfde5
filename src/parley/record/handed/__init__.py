"""What is handed out, to be checked by whoever gets it: receipts and bundles."""
