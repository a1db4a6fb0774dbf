"""The frame of the console: navigation, home page, and the pages of users and periodic tasks."""
