"""What comes in: real reports, storms of alerts, and a count at the end that nothing was lost."""
