import { DEFAULT_APPLICATION, type InstanceData, type Selector } from '#model';

import { serviceNameOfContainer } from './container-name.ts';
import { withoutDeleted } from './features.ts';
import { escapeGlob } from './glob.ts';
import { imageBaseName, parseImageName } from './image-name.ts';
import { type InstanceView, unitOf } from './instance-view.ts';
import { serviceNameOfProcess } from './process-name.ts';

/** By which rule an instance came to its service. */
export type DerivedFrom =
  | 'selector'
  | 'compose'
  | 'kubernetes'
  | 'unit'
  | 'cgroup'
  | 'name'
  | 'image'
  | 'executable'
  | 'itself';

/** What an instance is called when no declaration speaks of it. */
export interface Undeclared {
  readonly name: string;
  readonly application: string;
  readonly derivedFrom: Exclude<DerivedFrom, 'selector'>;
  /** The property that it rests on: `Compose project shop, service web`. */
  readonly how: string;
  /** A selector that says the same; null where none can. */
  readonly match: Selector | null;
}

/** Sheerline itself; Compose, Kubernetes, unit, cgroup; then the container's name or image, or the program. Always an answer. */
export function undeclaredService(view: InstanceView): Undeclared {
  return (
    bySelf(view.data) ??
    byCompose(view.data.labels) ??
    byKubernetes(view.data.labels) ??
    byUnit(view) ??
    (view.data.kind === 'container' ? byContainer(view.data) : byProcess(view)) ??
    byInstance(view.data)
  );
}

function bySelf(data: InstanceData): Undeclared | null {
  if (data.isControlPlane !== true) return null;
  return {
    name: data.name,
    application: DEFAULT_APPLICATION,
    derivedFrom: 'itself',
    how: 'the control plane itself',
    match: { name: escapeGlob(data.name) },
  };
}

function byCompose(labels: InstanceData['labels']): Undeclared | null {
  const service = firstOf(labels, ['com.docker.compose.service', 'io.podman.compose.service']);
  if (service === null) return null;
  const project = firstOf(labels, ['com.docker.compose.project', 'io.podman.compose.project']);
  return {
    name: service.value,
    application: project?.value ?? DEFAULT_APPLICATION,
    derivedFrom: 'compose',
    how: `Compose ${project === null ? '' : `project ${project.value}, `}service ${service.value}`,
    match: { label: [project, service].flatMap((label) => (label === null ? [] : [exactly(label)])) },
  };
}

/**
 * One workload has one name and component; where the name is the whole application's (`part-of` says the
 * same), only the component tells its workloads apart.
 */
function byKubernetes(labels: InstanceData['labels']): Undeclared | null {
  const name = firstOf(labels, ['app.kubernetes.io/name']);
  if (name === null) return null;
  const application = firstOf(labels, ['app.kubernetes.io/part-of']);
  const component =
    application?.value === name.value ? firstOf(labels, ['app.kubernetes.io/component']) : null;
  const speaking = [name, application, component].flatMap((label) =>
    label === null ? [] : [exactly(label)],
  );
  return {
    name: component?.value ?? name.value,
    application: application?.value ?? DEFAULT_APPLICATION,
    derivedFrom: 'kubernetes',
    how: `labels ${speaking.join(', ')}`,
    match: { label: speaking },
  };
}

function byUnit(view: InstanceView): Undeclared | null {
  const unit = unitOf(view);
  // `user@1000.service` holds whatever a person started; a scope or a slice is no service.
  if (unit === null || unit.startsWith('user@') || /\.(?:scope|slice|socket|mount|timer)$/.test(unit))
    return null;
  const plain = unit.replace(/\.service$/, '');
  const at = plain.indexOf('@');
  const template = at > 0 ? plain.slice(0, at) : null;
  if (plain === '') return null;
  return {
    // The instances of a template, `postgresql@15-main`, are instances of one service.
    name: template ?? plain,
    application: DEFAULT_APPLICATION,
    derivedFrom: view.data.unit === null ? 'cgroup' : 'unit',
    how: view.data.unit === null ? `cgroup of the service ${unit}` : `systemd unit ${unit}`,
    match: { unit: template === null ? escapeGlob(plain) : `${escapeGlob(template)}@*` },
  };
}

function byContainer(data: InstanceData): Undeclared | null {
  const name = serviceNameOfContainer(data.name);
  if (name !== null) {
    return {
      name,
      application: DEFAULT_APPLICATION,
      derivedFrom: 'name',
      how: `container name ${data.name}`,
      match: { name: escapeGlob(data.name) },
    };
  }
  for (const image of data.images) {
    const base = imageBaseName(image.name);
    if (base === null) continue;
    return {
      name: base,
      application: DEFAULT_APPLICATION,
      derivedFrom: 'image',
      how: `image ${image.name}`,
      match: { image: escapeGlob(untagged(image.name)) },
    };
  }
  return null;
}

function untagged(reference: string): string {
  const { registry, repository } = parseImageName(reference);
  return registry === '' ? repository : `${registry}/${repository}`;
}

function byProcess(view: InstanceView): Undeclared | null {
  const { executable, workingDirectory = null } = view.data;
  if (executable === null) return null;
  const name = serviceNameOfProcess(executable, workingDirectory);
  if (name === null) return null;
  const path = withoutDeleted(executable);
  const inDirectory = name.by === 'workingDirectory' && workingDirectory !== null;
  return {
    name: name.name,
    application: DEFAULT_APPLICATION,
    derivedFrom: 'executable',
    how: inDirectory ? `executable ${path} in ${workingDirectory}` : `executable ${path}`,
    match: {
      executable: escapeGlob(path),
      ...(inDirectory ? { workingDirectory: escapeGlob(workingDirectory) } : {}),
    },
  };
}

/** Nothing speaks but the engine's own name, `node 4711`: without the number. */
function byInstance(data: InstanceData): Undeclared {
  const name = data.name.replace(/[^\p{L}\p{N}]+\d+[^\p{L}\p{N}]*$/u, '') || data.name || 'unnamed';
  return {
    name,
    application: DEFAULT_APPLICATION,
    derivedFrom: 'name',
    how: `name ${data.name}`,
    match: data.name === '' ? null : { name: escapeGlob(data.name) },
  };
}

interface Label {
  readonly key: string;
  readonly value: string;
}

function firstOf(labels: InstanceData['labels'], keys: readonly string[]): Label | null {
  for (const key of keys) {
    const value = labels[key];
    if (typeof value === 'string' && value.trim() !== '') return { key, value };
  }
  return null;
}

function exactly(label: Label): string {
  return `${label.key}=${escapeGlob(label.value)}`;
}
