from django.contrib import admin

# What is asked of every page is asked of those that are loaded with the addresses.
admin.autodiscover()
