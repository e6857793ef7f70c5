import manifest from '../../package.json' with { type: 'json' };

process.stdout.write(`sheerline ${manifest.version}\n`);
