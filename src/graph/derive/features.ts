import { imageNameForms } from './image-name.ts';
import { unitOf, type InstanceView } from './instance-view.ts';

/** Everything of an instance that a selector can look at, each in all the forms that people write. */
export interface Features {
  readonly labels: Readonly<Record<string, string>>;
  readonly image: readonly string[];
  readonly unit: readonly string[];
  readonly executable: readonly string[];
  readonly name: readonly string[];
  readonly workingDirectory: readonly string[];
  readonly ports: readonly number[];
}

export type TextFeature = 'image' | 'unit' | 'executable' | 'name' | 'workingDirectory';

export function featuresOf(view: InstanceView): Features {
  const { data } = view;
  const unit = unitOf(view);
  // A selector for the interpreter that runs Sheerline means somebody's services.
  const isNamed = data.executable === null || data.isControlPlane === true;
  const executable = isNamed ? null : withoutDeleted(data.executable);
  return {
    labels: data.labels,
    image: data.images.flatMap((image) => imageNameForms(image.name)),
    unit: unit === null ? [] : unit.endsWith('.service') ? [unit, unit.slice(0, -'.service'.length)] : [unit],
    executable: executable === null ? [] : [executable, executable.slice(executable.lastIndexOf('/') + 1)],
    name: [data.name],
    workingDirectory: data.workingDirectory ? [data.workingDirectory] : [],
    ports: view.ports,
  };
}

/** The kernel says `/usr/bin/node (deleted)` once a package upgrade has replaced the file. */
export function withoutDeleted(executable: string): string {
  return executable.endsWith(' (deleted)') ? executable.slice(0, -' (deleted)'.length) : executable;
}
