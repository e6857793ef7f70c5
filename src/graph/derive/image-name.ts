/** A reference to an image, taken apart: `docker.io/library/redis:7@sha256:…`. */
export interface ImageName {
  /** `docker.io`; empty where the reference has none. */
  readonly registry: string;
  /** `library/redis` */
  readonly repository: string;
  /** `7`; empty where the reference has none. */
  readonly tag: string;
}

export function parseImageName(reference: string): ImageName {
  const digest = reference.indexOf('@');
  const name = digest < 0 ? reference : reference.slice(0, digest);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  // A first part with a dot or a port is a registry; that is how Docker and Podman tell them apart.
  const registry = first.includes('.') || first.includes(':') || first === 'localhost' ? first : '';
  const path = registry === '' ? name : name.slice(slash + 1);
  const colon = path.lastIndexOf(':');
  const tagged = colon > path.lastIndexOf('/');
  return {
    registry,
    repository: tagged ? path.slice(0, colon) : path,
    tag: tagged ? path.slice(colon + 1) : '',
  };
}

/** All the ways in which people write this reference: without digest, tag, registry or Docker's `library/`. */
export function imageNameForms(reference: string): readonly string[] {
  const { registry, repository, tag } = parseImageName(reference);
  const forms = new Set([reference]);
  const repositories = [repository];
  if (repository.startsWith('library/')) repositories.push(repository.slice('library/'.length));
  for (const path of repositories) {
    for (const named of registry === '' ? [path] : [`${registry}/${path}`, path]) {
      forms.add(named);
      if (tag !== '') forms.add(`${named}:${tag}`);
    }
  }
  return [...forms];
}

/** The repository's last part, `redis`; null for a reference that is only a digest. */
export function imageBaseName(reference: string): string | null {
  if (/^(sha256:)?[0-9a-f]{12,64}$/.test(reference)) return null;
  const { repository } = parseImageName(reference);
  return repository.slice(repository.lastIndexOf('/') + 1) || null;
}
