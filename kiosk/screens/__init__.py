"""What people see: one process per screen, drawn with Kivy, holding no truth.

A screen shows the newest view that the hall sent (`kiosk.view.shapes`) and sends back what was touched. If the hall
is gone it says so and waits. Modules that need no window (`client`, `decode`, `phrases`, `samples`, `parts.palette`,
`parts.linebreak`) import no Kivy.
"""
