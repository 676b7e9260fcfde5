"""What others see of a log, and what keeps it honest: witnesses, mirrors, forks, tiers, and how all reach it."""
