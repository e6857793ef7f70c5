import type { ExternalAnswer, ImageAnswer, NodeAnswer, TeamAnswer } from '#model';
import { bytesText, countText, listText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago } from '../text/time-text.ts';
import { imageText, shortService } from './names.ts';

export function renderNodes(nodes: readonly NodeAnswer[], look: Look): readonly string[] {
  if (nodes.length === 0) return [marginLine(look, 'no node is known', 'sheer sources')];
  return tableLines(look, nodes, [
    { title: 'node', value: ({ id }) => id, cut: 'middle', tone: () => 'strong' },
    { title: 'system', value: ({ os }) => os, cut: 'end' },
    { title: 'kernel', value: ({ kernel }) => kernel, cut: 'end' },
    { title: 'cpus', value: ({ cpus }) => String(cpus), align: 'right' },
    { title: 'memory', value: ({ memoryBytes }) => bytesText(memoryBytes), align: 'right' },
    { title: 'runs', value: ({ instances }) => String(instances), align: 'right' },
    { title: 'addresses', value: ({ addresses }) => addresses.join(' '), cut: 'end' },
  ]);
}

export function renderImages(images: readonly ImageAnswer[], look: Look): readonly string[] {
  if (images.length === 0) return [marginLine(look, 'no image is in use', 'sheer sources')];
  const lines = tableLines(look, images, [
    {
      title: 'image',
      value: ({ names, id }) => imageText(look, names[0] ?? id),
      cut: 'middle',
      tone: () => 'strong',
    },
    { title: 'id', value: ({ id }) => (look.columns === null ? id : id.replace('sha256:', '').slice(0, 12)) },
    { title: 'layers', value: ({ layers }) => String(layers), align: 'right' },
    {
      title: 'size',
      value: ({ sizeBytes }) => (sizeBytes === null ? '' : bytesText(sizeBytes)),
      align: 'right',
    },
    {
      title: 'made',
      value: ({ created }) => (created === null ? '' : ago(look, created)),
      tone: () => 'faint',
    },
    { title: 'runs', value: ({ instances }) => String(instances), align: 'right' },
    { title: 'in', value: ({ services }) => listText([...new Set(services.map(shortService))]), cut: 'end' },
  ]);
  return [...lines, '', marginLine(look, `${countText(images.length, 'image')}.`, 'sheer who IMAGE')];
}

export function renderTeams(teams: readonly TeamAnswer[], look: Look): readonly string[] {
  if (teams.length === 0) {
    return [marginLine(look, 'no team is declared, and no label names one', 'sheer declare --suggest')];
  }
  return tableLines(look, teams, [
    { title: 'team', value: ({ id }) => id, cut: 'middle', tone: () => 'strong' },
    { title: 'contact', value: ({ contact }) => contact ?? '', cut: 'end' },
    { title: 'services', value: ({ services }) => listText(services.map(shortService)), cut: 'end' },
    { title: 'externals', value: ({ externals }) => listText(externals), cut: 'end' },
    {
      title: 'known by',
      value: ({ declared }) => (declared ? 'declared' : 'labels only'),
      tone: ({ declared }) => (declared ? 'faint' : 'warning'),
    },
  ]);
}

export function renderExternals(externals: readonly ExternalAnswer[], look: Look): readonly string[] {
  if (externals.length === 0) {
    return [marginLine(look, 'nothing outside has been declared or called', 'sheer declare FILE')];
  }
  return tableLines(look, externals, [
    { title: 'external', value: ({ name }) => name, cut: 'middle', tone: () => 'strong' },
    {
      title: 'team',
      value: ({ team }) => team ?? 'no owner',
      tone: ({ team }) => (team === null ? 'warning' : undefined),
    },
    { title: 'addresses', value: ({ addresses }) => addresses.join(' '), cut: 'end' },
    { title: 'called by', value: ({ callers }) => listText(callers.map(shortService)), cut: 'end' },
    {
      title: 'known by',
      value: ({ declared }) => (declared ? 'declared' : 'observed'),
      tone: () => 'faint',
    },
  ]);
}
