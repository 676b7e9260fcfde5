"""The shell: one data folder, its record and its views. No rule of the domain lives here."""
