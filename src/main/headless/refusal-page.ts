/** `message` is our own text. The link leads on for a browser that left the cookie out because another site sent it here. */
export function refusalPage(message: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>MQTT Workbench</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 4em auto; padding: 0 1em }</style>
<h1>MQTT Workbench</h1>
<p>${message}</p>
<p><a href="/">Try again</a></p>
`;
}
