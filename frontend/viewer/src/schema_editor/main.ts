/** The page on which an admin writes a label schema. */
import '../panels/forms.css';
import './editor.css';
import { isDrawable } from './draft';
import { Editor, type EditorContent } from './editor';
import { SchemaServer } from './server';

const root = document.getElementById('schema-editor');
const content = document.getElementById('schema-content');
if (root && content?.textContent) {
  const made = JSON.parse(content.textContent) as EditorContent;
  const { csrf = '', person = '', personNumber = '', api = '/api/v1/' } = root.dataset;
  const server = new SchemaServer(api, made.draft.key, csrf, personNumber);
  if (isDrawable(made.draft)) new Editor(root, server, made, person).begin();
  else
    root.textContent =
      'This draft was written by a program in a form that can’t be drawn. Throw it away, or mend it over the API.';
}
