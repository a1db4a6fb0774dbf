"""What holds the console together: its navigation, its home page, the pages of users and periodic tasks."""
