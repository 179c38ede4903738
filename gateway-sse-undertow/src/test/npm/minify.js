import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';

const folder = new URL('../../main/npm/', import.meta.url);

/** The module as the gateway serves it and the package has it, made from its source. */
export async function minified() {
  const { code } = await transform(await readFile(new URL('events-gateway.js', folder)), { minify: true, format: 'esm', target: 'es2022' });
  return code;
}

// node minify.js writes it, and prints how large it is
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('events-gateway.min.js', folder), await minified());
  for (const name of ['events-gateway.js', 'events-gateway.min.js']) {
    const bytes = await readFile(new URL(name, folder));
    console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes).length} with gzip`);
  }
}
