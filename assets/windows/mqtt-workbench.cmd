@echo off
rem mqtt-workbench call ... and run ... for the command prompt: waits for the program, which writes into this console, and hands its exit code on.
"%~dp0MQTT Workbench.exe" %*
exit /b %ERRORLEVEL%
