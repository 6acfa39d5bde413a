import type { GlobalThemeOverrides } from 'naive-ui'
import { palettes, type ColourScheme, type Palette } from './palette.ts'

/** naive-ui in this application's colours and measures. */
export function naiveOverrides(scheme: ColourScheme): GlobalThemeOverrides {
  const c = palettes[scheme]
  return {
    common: commonOverrides(c),
    ...fieldOverrides(c),
    Popover: { boxShadow: 'none' },
    Tooltip: {
      color: scheme === 'dark' ? c.hover : c.text,
      textColor: scheme === 'dark' ? c.text : c.panel,
      padding: '5px 9px',
    },
  }
}

function commonOverrides(c: Palette): GlobalThemeOverrides['common'] {
  return {
    fontFamily: 'var(--font)',
    fontSize: '13px',
    fontSizeSmall: '13px',
    fontSizeMedium: '13px',
    heightSmall: '28px',
    heightMedium: '30px',
    borderRadius: '6px',
    borderRadiusSmall: '5px',
    primaryColor: c.accent,
    primaryColorHover: c['accent-hover'],
    primaryColorPressed: c['accent-pressed'],
    primaryColorSuppl: c.accent,
    errorColor: c.danger,
    warningColor: c.warning,
    successColor: c.positive,
    textColorBase: c.text,
    textColor1: c.text,
    textColor2: c.text,
    textColor3: c['text-3'],
    placeholderColor: c['text-3'],
    bodyColor: c.canvas,
    cardColor: c.panel,
    popoverColor: c.overlay,
    modalColor: c.overlay,
    inputColor: c.raised,
    inputColorDisabled: c.panel,
    hoverColor: c.hover,
    borderColor: c.border,
    dividerColor: c.border,
    boxShadow2: `0 0 0 1px ${c.border}, 0 8px 28px ${c.shadow}`,
  }
}

function fieldOverrides(c: Palette): GlobalThemeOverrides {
  const focus = `0 0 0 2px ${c['accent-soft']}`
  return {
    Input: {
      border: `1px solid ${c.border}`,
      borderHover: `1px solid ${c['border-strong']}`,
      borderFocus: `1px solid ${c.accent}`,
      boxShadowFocus: focus,
      colorFocus: c.raised,
    },
    InternalSelection: {
      color: c.raised,
      colorActive: c.raised,
      border: `1px solid ${c.border}`,
      borderHover: `1px solid ${c['border-strong']}`,
      borderActive: `1px solid ${c.accent}`,
      borderFocus: `1px solid ${c.accent}`,
      boxShadowActive: focus,
      boxShadowFocus: focus,
    },
    InternalSelectMenu: {
      optionHeightMedium: '30px',
      optionHeightSmall: '30px',
      optionColorPending: c.hover,
      optionColorActivePending: c.hover,
      optionColorActive: 'transparent',
    },
  }
}
