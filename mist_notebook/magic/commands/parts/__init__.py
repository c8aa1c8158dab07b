"""What several commands share: options of listings, conditions, machines that are meant, specs."""
