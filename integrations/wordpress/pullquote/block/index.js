// The block in the editor: its attributes in the sidebar, a placeholder in the text. No build step.
(({ blocks, blockEditor, components, element, i18n }) => {
  const { createElement: el, Fragment } = element;
  const { __ } = i18n;
  blocks.registerBlockType("pullquote/chat", {
    edit: ({ attributes, setAttributes }) => {
      const text = (name, label) => el(components.TextControl, {
        label, value: attributes[name], onChange: (value) => setAttributes({ [name]: value }), __nextHasNoMarginBottom: true, __next40pxDefaultSize: true,
      });
      const height = el(components.RangeControl, {
        label: __("Height in pixels", "pullquote"), value: attributes.height, min: 200, max: 1200, step: 20,
        onChange: (value) => setAttributes({ height: value }), __nextHasNoMarginBottom: true, __next40pxDefaultSize: true,
      });
      return el(Fragment, null,
        el(blockEditor.InspectorControls, null, el(components.PanelBody, { title: "Pullquote" },
          text("debate", __("Debate (empty for all)", "pullquote")), text("label", __("Name of the window", "pullquote")),
          text("greeting", __("First line", "pullquote")), height)),
        el("div", blockEditor.useBlockProps(), el(components.Placeholder, {
          icon: "format-quote", label: "Pullquote",
          instructions: attributes.debate || __("All debates", "pullquote"),
        })));
    },
    save: () => null,
  });
})(window.wp);
