// The TypeScript client, for node: imports with their extension.
export default {
  input: process.env.CONTRACT,
  output: { path: 'generated', module: { extension: '.js' } },
  logs: { file: false },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
};
