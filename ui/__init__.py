"""The windows: Qt Widgets on top of the services of pos_desktop."""
